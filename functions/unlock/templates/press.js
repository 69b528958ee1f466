// A form that a script submits says so. Programs that automate a browser can make it claim that a person pressed the
// button, but the click itself is then none that the browser trusts.
(() => {
  let pressed = null;
  addEventListener("click", (event) => {
    pressed = event.isTrusted ? event.target.closest("button") : null;
    // The form is read while the click is handled; afterwards the click is spent.
    setTimeout(() => (pressed = null));
  }, true);
  addEventListener("formdata", (event) => {
    if (pressed?.form !== event.target) event.formData.set("scripted", "yes");
  });
})();
