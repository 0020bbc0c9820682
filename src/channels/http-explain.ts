const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was reset",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  EADDRNOTAVAIL: "the host cannot be reached",
  ETIMEDOUT: "the connection timed out",
  ENOTFOUND: "the name does not resolve",
  EAI_AGAIN: "the name does not resolve at the moment",
  UND_ERR_CONNECT_TIMEOUT: "the connection timed out",
  UND_ERR_SOCKET: "the connection was closed before a complete answer",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the connection was closed before a complete answer",
  UND_ERR_HEADERS_OVERFLOW: "the headers of the answer are too large",
  UND_ERR_INVALID_ARG: "the request has an invalid header or URL",
  UND_ERR_NOT_SUPPORTED: "the request has an invalid header or URL",
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: "the request has an invalid header or URL",
  UND_ERR_DESTROYED: "stopped before an answer came",
  UND_ERR_CLOSED: "stopped before an answer came",
};

const tlsSentences: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the certificate has expired",
  CERT_NOT_YET_VALID: "the certificate is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "the certificate is for another name",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "the certificate is of an unknown authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the certificate is of an unknown authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the certificate is of an unknown authority",
  ERR_SSL_WRONG_VERSION_NUMBER: "the answer is not TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "the answer is not TLS",
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: "the receiver does not speak HTTP/1.1",
};

/** A sentence for an error, built from its code: messages can hold what the log must not. */
export function explain(error: unknown): string {
  const code = codeOf(error);
  const sentence = sentences[code];
  if (sentence !== undefined) return sentence;
  const tlsSentence = tlsSentences[code];
  if (tlsSentence !== undefined) return `TLS failed: ${tlsSentence} (${code})`;
  if (/CERT|SSL|TLS|ISSUER|SELF_SIGNED|EPROTO/.test(code)) return `TLS failed: ${code}`;
  if (error instanceof Error && error.name === "HTTPParserError") return "the answer is not HTTP";
  return code === "" ? "the request failed" : `the request failed: ${code}`;
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return "";
  const { code, cause } = error as NodeJS.ErrnoException;
  if (typeof code === "string") return code;
  return cause instanceof Error ? codeOf(cause) : "";
}
