/** A page that only says something. */
export function Message(props: { title: string; lines: readonly string[] }) {
  return (
    <section class="narrow card">
      <h1>{props.title}</h1>
      {props.lines.map((line) => (
        <p>{line}</p>
      ))}
      <p>
        <a href="/">Go to the home page</a>
      </p>
    </section>
  );
}
