// The frame of every screen, and which screen it is.

import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";

import { api, told, type Me } from "./api";
import { config } from "./config";
import { useLoaded } from "./loading";
import { Dialog, Link, Loading, Trouble } from "./parts/basics";
import { go, place, type Place } from "./router";
import { Account } from "./screens/account";
import { Customers } from "./screens/customers";
import { Events } from "./screens/events";
import { Mails } from "./screens/mails";
import { StaffOrderScreen } from "./screens/order";
import { Profile } from "./screens/profile";
import { sessionState, signedInAs, signIn, signOut } from "./session";
import { LANGUAGES, language, put, speak, words, type Language } from "./words";

export function App() {
  useEffect(() => {
    document.documentElement.lang = language.value;
  }, [language.value]);
  const state = sessionState.value;
  return (
    <>
      <a class="skip" href="#content">
        {words.value.frame.skip}
      </a>
      <Offline />
      <Band />
      <main id="content" class="inner" tabIndex={-1}>
        {state === "open" || state === "expired" ? <Inside /> : <Outside />}
      </main>
      <Foot />
      {state === "expired" && <Expired />}
    </>
  );
}

function Band() {
  const brand = config.value;
  const { frame } = words.value;
  return (
    <header class="band">
      <div class="inner">
        <Link class="home" to={{ screen: "customers" }}>
          {brand?.logo ? <img src={brand.logo} alt={brand.vendorName} /> : <span class="vendor">{brand?.vendorName}</span>}
          <span>{brand?.portalName}</span>
        </Link>
        {signedInAs.value && (
          <Link class="who" to={{ screen: "profile" }} title={words.value.profile.title}>
            {put(frame.signedInAs, { email: signedInAs.value })}
          </Link>
        )}
        <select
          aria-label={frame.languageLabel}
          value={language.value}
          onChange={(event) => speak(event.currentTarget.value as Language)}
        >
          {Object.entries(LANGUAGES).map(([tag, dictionary]) => (
            <option key={tag} value={tag} lang={tag}>
              {dictionary.language}
            </option>
          ))}
        </select>
        {sessionState.value === "open" && (
          <button type="button" onClick={() => void signOut()}>
            {frame.signOut}
          </button>
        )}
      </div>
    </header>
  );
}

function Foot() {
  const brand = config.value;
  if (!brand) return null;
  return (
    <footer class="foot inner">
      {words.value.frame.help} <a href={`mailto:${brand.supportEmail}`}>{brand.supportEmail}</a> ·{" "}
      <a href={`tel:${brand.supportPhone.replace(/[^+\d]/g, "")}`}>{brand.supportPhone}</a>
    </footer>
  );
}

function Offline() {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return online ? null : (
    <p class="offline" role="status">
      {words.value.frame.offline}
    </p>
  );
}

/** Before the sign-in and after it. */
function Outside() {
  const { sign } = words.value;
  const state = sessionState.value;
  if (state === "opening") return <Alone title={sign.opening} />;
  const [title, text] = state === "closed" ? [sign.closedTitle, sign.closed] : [sign.failedTitle, sign.failed];
  return (
    <Alone title={title}>
      <p>{text}</p>
      <button type="button" class="button first" onClick={() => void signIn()}>
        {sign.signIn}
      </button>
    </Alone>
  );
}

function Alone({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="card alone">
      <h1>{title}</h1>
      {children}
    </div>
  );
}

function Expired() {
  const { sign } = words.value;
  return (
    <Dialog title={sign.expiredTitle} onClose={() => undefined}>
      <p>{sign.expired}</p>
      <div class="actions">
        <button type="button" class="button first" onClick={() => void signIn()}>
          {sign.signIn}
        </button>
      </div>
    </Dialog>
  );
}

function Inside() {
  const { data: me, problem, reload } = useLoaded("me", () => told(api.GET("/v1/me")));
  const here = place.value;
  useEffect(() => {
    document.getElementById("content")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [here]);
  if (problem && !me) return <Trouble problem={problem} retry={() => void reload()} />;
  if (!me) return <Loading />;
  if (!me.staff && me.memberships.length === 0) return <Stranger />;
  return <Screen here={here} me={me} reload={reload} />;
}

/** Who is member of one account alone goes straight to it. */
function only(me: Me): string | undefined {
  const [first, second] = me.memberships;
  return !me.staff && first && !second && first.party === "account" ? (first.of ?? undefined) : undefined;
}

function Screen({ here, me, reload }: { here: Place; me: Me; reload: () => Promise<unknown> }) {
  const account = only(me);
  const leads = here.screen === "customers" && account !== undefined;
  useEffect(() => {
    if (leads) go({ screen: "account", account, tab: "licences" }, true);
  }, [leads, account]);
  if (leads) return <Loading />;
  switch (here.screen) {
    case "customers":
      return <Customers me={me} />;
    case "account":
      return <Account key={here.account} account={here.account} tab={here.tab} server={here.server} me={me} alone={account !== undefined} />;
    case "order":
      return <StaffOrderScreen key={here.order} order={here.order} me={me} />;
    case "profile":
      return <Profile me={me} reload={reload} />;
    case "mails":
      return <Mails />;
    case "events":
      return <Events />;
    default:
      return (
        <Alone title={words.value.frame.notFound}>
          <p>
            <Link to={{ screen: "customers" }}>{words.value.frame.toStart}</Link>
          </p>
        </Alone>
      );
  }
}

function Stranger() {
  const { sign } = words.value;
  return (
    <Alone title={sign.strangerTitle}>
      <p>{put(sign.stranger, { email: signedInAs.value })}</p>
      <button type="button" class="button" onClick={() => void signOut()}>
        {sign.otherAddress}
      </button>
    </Alone>
  );
}
