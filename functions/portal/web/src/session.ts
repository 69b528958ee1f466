// Who is here: OpenID Connect with authorization code and PKCE. Tokens live in memory; only what a redirect needs to come
// back is kept, in this tab.

import { signal } from "@preact/signals";
import { InMemoryWebStorage, User, UserManager, WebStorageStateStore } from "oidc-client-ts";

import type { Config } from "./config";

export type SessionState = "opening" | "open" | "expired" | "closed" | "failed";

/** How it stands with the sign-in. */
export const sessionState = signal<SessionState>("opening");

/** The address of who has signed in. */
export const signedInAs = signal("");

let manager: UserManager;

/**
 * Comes back from the issuer, or goes there. Answers whether there is a session; without one the browser is on its way.
 */
export async function openSession(config: Config): Promise<boolean> {
  manager = new UserManager({
    authority: config.issuer,
    client_id: config.clientId,
    redirect_uri: `${location.origin}/`,
    post_logout_redirect_uri: `${location.origin}/?signed-out`,
    scope: "openid email",
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
    automaticSilentRenew: true,
    monitorSession: false,
  });
  manager.events.addUserLoaded(hold);
  manager.events.addAccessTokenExpired(() => {
    sessionState.value = "expired";
  });
  const query = new URLSearchParams(location.search);
  if (query.has("signed-out")) {
    history.replaceState(null, "", "/");
    sessionState.value = "closed";
    return false;
  }
  if (!query.has("state")) {
    await signIn();
    return false;
  }
  return comeBack();
}

async function comeBack(): Promise<boolean> {
  try {
    const user = await manager.signinRedirectCallback();
    history.replaceState(null, "", typeof user.state === "string" ? user.state : "/");
    hold(user);
    return true;
  } catch {
    // A reload of the address that the issuer sent us to, or a sign-in that was begun elsewhere.
    history.replaceState(null, "", "/");
    sessionState.value = "failed";
    return false;
  }
}

function hold(user: User): void {
  signedInAs.value = user.profile.email ?? "";
  sessionState.value = "open";
}

/** Goes to the issuer and comes back to this page. */
export async function signIn(): Promise<void> {
  try {
    await manager.signinRedirect({ state: location.pathname + location.search });
  } catch {
    sessionState.value = "failed";
  }
}

export async function signOut(): Promise<void> {
  const { client_id, post_logout_redirect_uri } = manager.settings;
  // Cognito has names of its own for what OpenID Connect calls otherwise; others ignore what they do not know.
  await manager.signoutRedirect({ extraQueryParams: { client_id, logout_uri: post_logout_redirect_uri ?? "" } });
}

/** The bearer of the API; renewed where it is about to end. */
export async function bearer(): Promise<string | undefined> {
  const user = await manager.getUser();
  if (user && !user.expired) return user.id_token;
  return renewed();
}

/** A fresh bearer, or none, and then the session is over. */
export async function renewed(): Promise<string | undefined> {
  try {
    const user = await manager.signinSilent();
    if (user) return user.id_token;
  } catch {
    // The issuer wants to see the person.
  }
  sessionState.value = "expired";
  return undefined;
}
