const steps = [
  ["connect", "Connect an account"],
  ["subscribe", "Subscribe to its news"],
  ["test", "Send a test message"],
] as const;

export type FirstStep = (typeof steps)[number][0];

/** How far the first visit has come. */
export function FirstSteps({ at }: { at: FirstStep }) {
  const present = steps.findIndex(([step]) => step === at);
  return (
    <ol class="first-steps" aria-label="First steps">
      {steps.map(([step, name], index) => (
        <li class={index < present ? "done" : undefined} aria-current={step === at ? "step" : undefined}>
          <span class="step-number" aria-hidden="true">
            {index < present ? "✓" : index + 1}
          </span>
          <span>
            {name}
            {index < present ? <span class="unseen"> (done)</span> : null}
          </span>
        </li>
      ))}
    </ol>
  );
}
