import type { Redis } from "ioredis";

/** Lets time pass for an account's budget, and for nothing else: all that it has written down moves into the past. */
export async function passBudgetTime(client: Redis, account: string, ms: number): Promise<void> {
  const key = (name: string) => `pixiehook:{${account}}:${name}`;
  const log = await client.zrange(key("requests"), "0", "-1", "WITHSCORES");
  for (let i = 0; i < log.length; i += 2)
    await client.zadd(key("requests"), Number(log[i + 1]) - ms, log[i] ?? "");
  const { last, state } = await client.hgetall(key("pace"));
  if (last) await client.hset(key("pace"), "last", Number(last) - ms);
  if (state) {
    const pace = JSON.parse(state) as { at: number; slowedAt: number };
    const moved = { ...pace, at: pace.at - ms, slowedAt: pace.slowedAt - ms };
    await client.hset(key("pace"), "state", JSON.stringify(moved));
  }
  for (const [by, text] of Object.entries(await client.hgetall(key("told")))) {
    const [left, ends = 0, gap, next = 0] = text.split(" ").map(Number);
    await client.hset(key("told"), by, `${left} ${ends - ms} ${gap} ${next - ms}`);
  }
  const rest = await client.pttl(key("rest"));
  if (rest > ms) await client.pexpire(key("rest"), rest - ms);
  else if (rest > 0) await client.del(key("rest"));
}
