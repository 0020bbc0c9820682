const names = ["Connect your account", "Say who hears of what", "Send a test"] as const;

/** How far the first visit has come. What comes before the present step is done. */
export function Steps({ current }: { current: 1 | 2 | 3 }) {
  return (
    <div class="progress">
      <p class="meta">
        Step {current} of {names.length}
      </p>
      <ol aria-label="First steps">
        {names.map((name, index) => (
          <li
            class={index + 1 < current ? "done" : undefined}
            aria-current={index + 1 === current ? "step" : undefined}
          >
            {name}
            {index + 1 < current ? <span class="meta"> done</span> : null}
          </li>
        ))}
      </ol>
    </div>
  );
}
