import type { Reader } from "../../domain/companion.js";
import type { AccountView } from "../../services/accounts.js";
import { Tick } from "./fields.js";
import { Form, type FormToken } from "./form.js";

const choices: readonly (readonly [reader: Reader, label: string, help: string])[] = [
  [
    "server",
    "This server reads",
    "With the session that the browser hands over. It goes on while the browser is closed.",
  ],
  [
    "browser",
    "The browser reads",
    "With its own session, which never leaves it. This helps where Pixieset asks this server for a human check. The price: nothing is read while the browser is closed. What changed meanwhile is told when it is open again.",
  ],
];

/** The choice of who asks Pixieset for the lists, with what each costs. */
export function ReadBy({ account, form }: { account: AccountView; form: FormToken }) {
  return (
    <Form form={form} action={`/accounts/${account.id}/read-by`} class="card read-by">
      <fieldset class="bare">
        <legend>Who reads the lists at Pixieset?</legend>
        {choices.map(([reader, label, help]) => (
          <Tick
            type="radio"
            name="readBy"
            value={reader}
            checked={account.readBy === reader}
            label={label}
            help={help}
          />
        ))}
      </fieldset>
      <button type="submit" class="quiet">
        Keep this choice
      </button>
    </Form>
  );
}
