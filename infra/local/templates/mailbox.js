// Asks now and then whether a mail has come, only while somebody looks, and changes the list only if one has.
"use strict";
const list = document.getElementById("list");
let timer;

async function look() {
  try {
    const answer = await fetch(`/local/mailbox/list?seen=${list.dataset.version}`);
    if (answer.status === 200) {
      list.dataset.version = answer.headers.get("x-version");
      list.innerHTML = await answer.text();
    }
  } catch {
    // The stack is stopped; it may come back.
  }
  schedule();
}

function schedule() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, 2000);
}

document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
schedule();
