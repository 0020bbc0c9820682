import { randomBytes } from "node:crypto";
import { idFromBytes } from "../domain/ids.js";
import { firstToken, isUseNews, type Token, tokenPrefix } from "../domain/token.js";
import { messageOf } from "../errors.js";
import { iso, type Parts } from "../pipeline/parts.js";
import type { Refusal } from "../services/shared.js";
import type { TokenService } from "../services/tokens.js";

const hintLength = 4;

const isSetting: Refusal = {
  kind: "refused",
  code: "token_is_setting",
  detail:
    "The first token is a setting: change PIXIEHOOK_API_TOKEN (or, where that is not set, remove the file api-token from the data folder) and restart pixiehook.",
};

export function createTokenService({ store, now, log }: Pick<Parts, "store" | "now" | "log">): TokenService {
  const { tokens } = store;
  /** When the use of the first token was last written down, by this process. */
  let firstNoted: string | null = null;

  return {
    async create(input) {
      const secret = tokenPrefix + randomBytes(32).toString("base64url");
      const token = {
        ...input,
        id: idFromBytes("tok", randomBytes(16)),
        hint: secret.slice(-hintLength),
        createdAt: iso(now()),
        lastUsedAt: null,
      } satisfies Token;
      await tokens.add(token, secret);
      return { token, secret };
    },
    list: (page) => tokens.list(page),
    get: (id) => tokens.get(id),
    find: (text) => tokens.find(text),
    async remove(id) {
      if (id === firstToken.id) return isSetting;
      return (await tokens.remove(id)) ? { kind: "removed" } : null;
    },
    async noteUse({ id, lastUsedAt }) {
      const isFirst = id === firstToken.id;
      if (!isUseNews(isFirst ? firstNoted : lastUsedAt, now())) return;
      const at = iso(now());
      if (isFirst) firstNoted = at;
      await tokens.noteUse(id, at).catch((error: unknown) => {
        log.debug({ reason: messageOf(error) }, "the use of a token was not noted");
      });
    },
  };
}
