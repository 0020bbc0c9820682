import type { ConnectDraft, ConnectProblems } from "../connect-draft.js";
import { PageHead } from "../parts/basics.js";
import { CookiesHelp, CookiesInput } from "../parts/cookies-field.js";
import { Field, wrong } from "../parts/fields.js";
import { Form, type FormToken } from "../parts/form.js";
import { Steps } from "../parts/steps.js";
import { timeZones } from "../zones.js";

/** The simulated studio: to look around in, or because the service stands before it already. */
function Simulated({ simulated }: { simulated: boolean }) {
  const [command, what] = simulated
    ? [
        "npm run simulator",
        "This service watches a simulated studio and not Pixieset, as PIXIESET_GALLERY_URL says. It printed its cookies when it was started with this command, under “Cookies to paste”.",
      ]
    : [
        "npm run demo",
        "This command, in the folder of pixiehook, opens a second dashboard with a simulated studio whose clients are busy: nothing of Pixieset is needed.",
      ];
  return (
    <section class="card aside" aria-labelledby="simulated">
      <h2 id="simulated">{simulated ? "This is a simulated studio" : "Only looking around?"}</h2>
      <p class="soft">{what}</p>
      <p class="command">
        <code id="command">{command}</code>
        <button type="button" class="quiet more" data-copy="command" hidden>
          Copy
        </button>
      </p>
    </section>
  );
}

function Zone({ timezone, problem }: { timezone: string; problem: string | undefined }) {
  return (
    <Field
      id="timezone"
      label="Time zone of the studio"
      help="For quiet hours, and messages that come once a day."
      {...(problem !== undefined && { problem })}
    >
      <input
        id="timezone"
        name="timezone"
        value={timezone}
        list="zones"
        required
        maxlength={64}
        autocomplete="off"
        spellcheck={false}
        data-zone={problem === undefined && timezone === "UTC" ? "" : undefined}
        {...wrong("timezone", problem)}
      />
      <datalist id="zones">
        {timeZones().map((zone) => (
          <option value={zone} />
        ))}
      </datalist>
    </Field>
  );
}

/** Connects an account: the first visit, and every other account after it. */
export function Welcome(props: {
  draft: ConnectDraft;
  problems: ConnectProblems;
  simulated: boolean;
  isFirst?: boolean;
  form: FormToken;
}) {
  const { draft, problems, simulated, isFirst = true, form } = props;
  const { name, cookies, timezone } = problems;
  const mayChange = form !== null;
  return (
    <>
      {isFirst ? (
        <section class="welcome">
          <h1>Welcome to pixiehook</h1>
          <p class="lead">
            pixiehook watches your Pixieset account and tells you, your team and your programs what happens
            there: a favorite, a download, an invoice paid.
          </p>
          {mayChange ? (
            <Steps current={1} />
          ) : (
            <p class="empty">
              No account is connected yet. Whoever signs in with an admin token can connect one.
            </p>
          )}
        </section>
      ) : (
        <PageHead title="Add an account" lead="Each Pixieset login is an account of its own." />
      )}
      {mayChange ? (
        <div class="connect">
          <section class="card" aria-labelledby="connect">
            <h2 id="connect">Connect a Pixieset account</h2>
            {Object.keys(problems).length > 0 ? (
              <p class="notice bad" role="alert">
                Nothing was saved yet. {cookies === undefined ? "" : "Cookies have to be pasted again, too."}
              </p>
            ) : null}
            <Form form={form} action="/accounts" class="connect-form" novalidate>
              <Field
                id="name"
                label="Name"
                help="How you want to call it."
                {...(name !== undefined && { problem: name })}
              >
                <input
                  id="name"
                  name="name"
                  value={draft.name}
                  required
                  maxlength={200}
                  placeholder="Smith Studio"
                  autocomplete="off"
                  {...wrong("name", name)}
                />
              </Field>
              <Zone timezone={draft.timezone} problem={timezone} />
              <div class="easy">
                <h3>The easy way: your browser does it</h3>
                <p class="soft">
                  A small extension in your own browser hands over the session, now and whenever it has ended.
                  There is nothing to paste, today or later.
                </p>
                <button type="submit" name="by" value="companion">
                  Connect with my browser
                </button>
              </div>
              <h3 class="or">Or paste cookies</h3>
              <div class="field">
                <CookiesInput problem={cookies} />
              </div>
              <div class="buttons">
                <button type="submit" class="quiet">
                  Connect
                </button>
                <span class="meta">The session is tried at once. This can take some seconds.</span>
              </div>
            </Form>
            {simulated ? null : (
              <>
                <h2 class="after-form">How do I get the cookies?</h2>
                <CookiesHelp />
              </>
            )}
          </section>
          <Simulated simulated={simulated} />
        </div>
      ) : null}
    </>
  );
}
