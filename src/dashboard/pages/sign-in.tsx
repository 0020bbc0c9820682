/** The way in: the API token. */
export function SignIn({ next, wrong }: { next: string; wrong: boolean }) {
  return (
    <section class="narrow card">
      <h1>Sign in</h1>
      <p class="lead">Use the API token. pixiehook printed it when it first started.</p>
      <form method="post" action="/sign-in" class="stack">
        <input type="hidden" name="next" value={next} />
        <label for="token">API token</label>
        <input
          id="token"
          name="token"
          type="password"
          autocomplete="current-password"
          required
          autofocus
          aria-invalid={wrong ? "true" : undefined}
          aria-describedby={wrong ? "wrong" : undefined}
        />
        {wrong ? (
          <p id="wrong" class="problem" role="alert">
            This is not the API token. It stands in the log of the first start, or in PIXIEHOOK_API_TOKEN.
          </p>
        ) : null}
        <button type="submit">Sign in</button>
      </form>
    </section>
  );
}
