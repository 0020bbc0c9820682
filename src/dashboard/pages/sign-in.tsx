/** The way in: an API token. `problem`: why the last try did not open. */
export function SignIn({ next, problem = null }: { next: string; problem?: string | null }) {
  const wrong = problem !== null;
  return (
    <section class="narrow card">
      <h1>Sign in</h1>
      <p class="lead">
        Use an API token. pixiehook printed the first one when it first started; a read token only looks.
      </p>
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
            {problem}
          </p>
        ) : null}
        <button type="submit">Sign in</button>
      </form>
    </section>
  );
}
