import type { Redis } from "ioredis";

/** Bytes between this process and Redis. */
export interface Traffic {
  /** Arguments of commands that can write. */
  readonly written: number;
  /** Everything that Redis answered. */
  readonly answered: number;
}

/** Counts what goes over one connection. */
export interface TrafficMeter {
  during(work: () => Promise<unknown>): Promise<Traffic>;
}

const sizeOf = (argument: unknown) =>
  Buffer.isBuffer(argument) ? argument.length : Buffer.byteLength(String(argument));

export function meterTraffic(client: Redis): TrafficMeter {
  const sent = new Map<string, number>();
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command, stream) => {
    const size = command.args.reduce<number>((sum, argument) => sum + sizeOf(argument), 0);
    sent.set(command.name, (sent.get(command.name) ?? 0) + size);
    return send(command, stream);
  };

  /** Scripts count as writing: nobody marks those that only read. */
  async function writing(names: readonly string[]): Promise<Set<string>> {
    const rows = (await client.call("COMMAND", "INFO", ...names)) as ([string, number, string[]] | null)[];
    return new Set(names.filter((_name, index) => !rows[index]?.[2].includes("readonly")));
  }

  return {
    async during(work) {
      sent.clear();
      const before = client.stream.bytesRead;
      await work();
      const answered = client.stream.bytesRead - before;
      const counted = new Map(sent);
      const writers = counted.size > 0 ? await writing([...counted.keys()]) : new Set();
      let written = 0;
      for (const [name, bytes] of counted) if (writers.has(name)) written += bytes;
      return { written, answered };
    },
  };
}
