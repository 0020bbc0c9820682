// A pairing link that was opened in a browser: what stands behind its # never came to the server, so it is put here.

const opened = document.getElementById("opened");
const link = document.getElementById("opened-link");
if (opened && link && /^#[\w-]{12,20}$/.test(location.hash)) {
  link.textContent = location.href;
  opened.hidden = false;
}
