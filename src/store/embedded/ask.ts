import { createConnection } from "node:net";

/** Sends one command without arguments and gives the first line of the answer; null when nobody answers. */
export function ask(socketPath: string, command: string, timeoutMs = 1_000): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    const finish = (answer: string | null) => {
      socket.destroy();
      resolve(answer);
    };
    let text = "";
    socket.setTimeout(timeoutMs, () => finish(null));
    socket.on("error", () => finish(null));
    socket.on("close", () => finish(null));
    socket.on("connect", () => socket.write(`${command}\r\n`));
    socket.on("data", (chunk) => {
      text += chunk.toString();
      const end = text.indexOf("\r\n");
      if (end >= 0) finish(text.slice(0, end));
    });
  });
}
