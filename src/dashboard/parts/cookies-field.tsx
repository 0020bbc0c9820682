/** Where cookies are pasted, with how to get them. */
export function CookiesField() {
  return (
    <>
      <label for="cookies">Cookies</label>
      <textarea
        id="cookies"
        name="cookies"
        rows={5}
        required
        spellcheck={false}
        autocomplete="off"
        placeholder="Paste a Cookie header, a “Copy as cURL”, a cookies.txt or a JSON export"
      />
      <details>
        <summary>How do I get them?</summary>
        <ol>
          <li>Sign in to Pixieset in your browser and open your dashboard there.</li>
          <li>Open the developer tools (F12), choose Network, and reload the page.</li>
          <li>Right-click the first request, choose Copy, then Copy as cURL.</li>
          <li>Paste it here. pixiehook finds the cookies in it, tries them, and keeps them encrypted.</li>
        </ol>
      </details>
    </>
  );
}
