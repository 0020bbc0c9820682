import { CookiesField } from "../parts/cookies-field.js";
import { Form, type FormToken } from "../parts/form.js";

/** The first visit, and every other account after it. */
export function Connect({ form, first }: { form: FormToken; first: boolean }) {
  return (
    <>
      {first ? (
        <section class="welcome">
          <h1>Welcome to pixiehook</h1>
          <p class="lead">
            pixiehook watches your Pixieset account and tells you, your team and your programs what happens
            there: a favorite, a download, an invoice paid.
          </p>
          <ol class="steps">
            <li aria-current="step">
              <strong>Connect your account.</strong> Paste the cookies of your Pixieset session below.
            </li>
            <li>
              <strong>Wait a minute.</strong> The first reading is silent: what is there already is not news.
            </li>
            <li>
              <strong>Subscribe.</strong> Say who should hear of what: a webhook, a Slack channel or an email
              address.
            </li>
          </ol>
        </section>
      ) : (
        <h1>Add an account</h1>
      )}
      <section class="card form">
        <h2>Connect a Pixieset account</h2>
        <Form form={form} action="/accounts" class="stack">
          <label for="name">Name</label>
          <input
            id="name"
            name="name"
            required
            maxlength={200}
            placeholder="Smith Studio"
            autocomplete="off"
          />
          <CookiesField />
          <button type="submit">Connect</button>
        </Form>
      </section>
    </>
  );
}
