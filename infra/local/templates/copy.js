// Puts the line for the shell into the clipboard; where the browser does not allow it, the line is selected to copy.
"use strict";
const line = document.getElementById("line");
const button = document.getElementById("copy");

button.addEventListener("click", async () => {
  getSelection().selectAllChildren(line);
  try {
    await navigator.clipboard.writeText(line.textContent);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Selected: copy it";
  }
});
