// What is known of whoever has signed in, and which reminders they want.

import { useState } from "preact/hooks";

import { api, told, type Me } from "../api";
import { useWrite } from "../loading";
import { Link, Trouble } from "../parts/basics";
import { useOnce } from "../staff/once";
import { LANGUAGES, put, words } from "../words";

type Reminder = Me["reminders"][number];

interface Props {
  me: Me;
  /** Loads who has signed in again. */
  reload: () => Promise<unknown>;
}

export function Profile({ me, reload }: Props) {
  const { frame, profile } = words.value;
  return (
    <>
      <p class="crumb">
        <Link to={{ screen: "customers" }}>{frame.toStart}</Link>
      </p>
      <div class="title">
        <h1>{profile.title}</h1>
      </div>
      <Facts me={me} />
      <Reminders me={me} reload={reload} />
    </>
  );
}

function Facts({ me: { person, language, memberships } }: { me: Me }) {
  const { people, profile, staff } = words.value;
  const tongue: Record<string, { language: string }> = LANGUAGES;
  return (
    <section class="card" aria-labelledby="facts">
      <h2 id="facts">{profile.about}</h2>
      <dl class="facts">
        {person.name && (
          <div>
            <dt>{profile.name}</dt>
            <dd>{person.name}</dd>
          </div>
        )}
        <div>
          <dt>{staff.email}</dt>
          <dd>{person.email}</dd>
        </div>
        <div>
          <dt>{profile.mailsIn}</dt>
          <dd>{tongue[language]?.language ?? language}</dd>
        </div>
        <div>
          <dt>{profile.memberOf}</dt>
          {memberships.map(({ party, of, name, role }) => (
            <dd key={`${party} ${of}`}>
              {name ?? of ?? profile.ourStaff}, {people.roles[role].toLowerCase()}
            </dd>
          ))}
        </div>
      </dl>
    </section>
  );
}

/** The reminders that can come to somebody who is a member of this. */
function possible({ memberships, reminders }: Me): Reminder[] {
  const of = { ownEndings: "account", customersEndings: "reseller" } as const;
  return reminders.filter(({ topic }) => memberships.some(({ party }) => party === of[topic]));
}

function Reminders({ me, reload }: Props) {
  const { profile } = words.value;
  const [said, setSaid] = useState("");
  const write = useWrite();
  const once = useOnce();
  const reminders = possible(me);
  const change = (topic: Reminder["topic"], wanted: boolean) =>
    void write.run(async () => {
      setSaid("");
      const params = { path: { topic }, header: once.key({ topic, wanted }) };
      await told(api.PUT("/v1/me/reminders/{topic}", { params, body: { wanted } }));
      once.next();
      await reload();
      setSaid(put(wanted ? profile.on : profile.off, { reminder: profile.topics[topic].name }));
    });
  return (
    <section class="card" aria-labelledby="reminders">
      <h2 id="reminders">{profile.reminders}</h2>
      <p>{reminders.length ? profile.remindersText : profile.noReminders}</p>
      {reminders.map(({ topic, wanted }) => (
        <label key={topic} class="choice">
          <input
            type="checkbox"
            checked={wanted}
            aria-describedby={`about-${topic}`}
            onChange={(event) => {
              const asked = event.currentTarget.checked;
              // It shows what is, also where the change is refused.
              event.currentTarget.checked = wanted;
              change(topic, asked);
            }}
          />
          <span>
            <strong>{profile.topics[topic].name}</strong>
            <span id={`about-${topic}`} class="muted">
              {profile.topics[topic].about}
            </span>
          </span>
        </label>
      ))}
      <p class={said ? "notice good" : "hidden"} role="status">
        {said}
      </p>
      <Trouble problem={write.problem} />
    </section>
  );
}
