import { expect, test } from "vitest";
import { createLog } from "../../src/log.js";

function logged(line: object, message = "said"): Record<string, unknown> {
  let text = "";
  const log = createLog(
    { level: "info", format: "json" },
    {
      write(chunk) {
        text += chunk;
      },
    },
  );
  log.info(line, message);
  return JSON.parse(text) as Record<string, unknown>;
}

test("what is named like a secret is in no line, however deep it lies", () => {
  const secret = "s3cret";
  const line = logged({
    token: secret,
    request: { headers: { authorization: secret }, method: "GET" },
    list: [{ cookies: secret }, { deeper: { still: { password: secret } } }],
    channel: "webhook",
  });
  expect(JSON.stringify(line)).not.toContain(secret);
  expect(line).toMatchObject({
    msg: "said",
    token: "[redacted]",
    channel: "webhook",
    request: { method: "GET" },
  });
});

test("what is named like a secret is in no line of an object that has a class", () => {
  class Request {
    readonly method = "GET";
    readonly headers = { cookie: "s3cret" };
  }
  const line = logged({ request: new Request(), at: new Date(0) });
  expect(JSON.stringify(line)).not.toContain("s3cret");
  expect(line).toMatchObject({ request: { method: "GET" }, at: "1970-01-01T00:00:00.000Z" });
});

test.each(["pxh_", "pxc_"])(
  "a token that begins with %s is in no line, wherever it came into one",
  (prefix) => {
    const token = `${prefix}${"aB3-_".repeat(8)}xyz`;
    const lines = [
      logged({ path: `/v1/tokens/${token}`, inner: { list: [`${token}`] }, [token]: 1 }),
      logged({ err: new Error(`GET https://x.example/?key=${token}&a=b failed`) }),
      logged({}, `a mistyped ${token}.`),
    ];
    for (const line of lines) {
      expect(JSON.stringify(line)).not.toContain(token.slice(4));
      expect(JSON.stringify(line)).toContain(`${prefix}[redacted]`);
    }
  },
);

test("an object that holds itself is written, and an error without what it carries along", () => {
  const circle: Record<string, unknown> = { name: "circle" };
  circle.self = circle;
  const err = Object.assign(new Error("refused"), { code: "ECONNREFUSED", command: { args: ["s3cret"] } });
  const line = logged({ circle, err });
  expect(line).toMatchObject({
    circle: { name: "circle" },
    err: { message: "refused", code: "ECONNREFUSED" },
  });
  expect(JSON.stringify(line)).not.toContain("s3cret");
});
