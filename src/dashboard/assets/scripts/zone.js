// Suggests the browser's own time zone where nobody has chosen one yet.

const field = document.querySelector("input[data-zone]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (field && zone && field.value === field.defaultValue) field.value = zone;
