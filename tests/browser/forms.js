// The forms of a page for clients that run nothing: programs that read HTML and post what they find.

/** The forms of a page: where each posts to, and its fields as they stand, the button's own with them. */
export function formsOf(html, address) {
  return [...html.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)].map(([, form, inside]) => ({
    action: new URL(attribute(form, "action"), address).href,
    fields: new URLSearchParams([...inside.matchAll(/<(?:input|button)[^>]*>/g)].flatMap(([tag]) => field(tag))),
  }));
}

/** A box that nobody ticked is no part of what is posted. */
function field(tag) {
  const [name, value, type] = ["name", "value", "type"].map((one) => attribute(tag, one));
  return name && type !== "checkbox" ? [[name, value]] : [];
}

function attribute(tag, name) {
  return tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1].replaceAll("&amp;", "&") ?? "";
}

/** Posts a form as it is, with headers of the client's own. */
export function postForm({ action, fields }, headers = {}) {
  return fetch(action, { method: "POST", headers, body: fields, redirect: "follow" });
}
