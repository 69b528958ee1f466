// Events that the vendor's own systems did not take, and that wait for staff.

import { useState } from "preact/hooks";

import { api, told, type ParkedEvent } from "../api";
import { moment } from "../format";
import { useLoaded } from "../loading";
import { Link, Loading, Trouble } from "../parts/basics";
import { Waiting } from "../staff/waiting";
import { many, put, words } from "../words";

const EVERY_MS = 10_000;

export function Events() {
  const { events, frame } = words.value;
  const { data, problem, reload } = useLoaded("events", () => told(api.GET("/v1/events")), EVERY_MS);
  const [done, setDone] = useState("");
  const onDone = async (sentence: string) => {
    setDone(sentence);
    await reload();
    // The pressed button is gone with its event: reading goes on from the top.
    document.getElementById("not-taken")?.focus();
  };
  return (
    <>
      <p class="crumb">
        <Link to={{ screen: "customers" }}>{frame.customers}</Link>
      </p>
      <div class="title">
        <h1 id="not-taken" tabIndex={-1}>
          {frame.parkedEvents}
        </h1>
      </div>
      <p>{events.about}</p>
      <p class={done ? "said notice good" : "said"} role="status">
        {done}
      </p>
      <Trouble problem={problem} retry={problem?.isPassing ? () => void reload() : undefined} />
      {!data && !problem && <Loading />}
      {data && data.events.length === 0 && <p class="card empty">{events.nothingWaits}</p>}
      {data && data.events.length > 0 && (
        <ul class="card told">
          {data.events.map((event) => (
            <Parked key={event.eventId} event={event} onDone={onDone} />
          ))}
        </ul>
      )}
    </>
  );
}

function Parked({ event, onDone }: { event: ParkedEvent; onDone: (sentence: string) => Promise<void> }) {
  const { staff } = words.value;
  return (
    <li>
      <div class="what">
        <strong>{event.type}</strong> <span class="status wrong">{put(staff.mailStates.parked, { at: moment(event.parkedAt) })}</span>
      </div>
      <div class="muted">evt_{event.eventId}</div>
      <div class="reason">{event.reason}</div>
      <div class="muted">
        {put(staff.recorded, { at: moment(event.recordedAt) })} · {many(staff.attempts, event.attempts)}
      </div>
      <details>
        <summary>{words.value.events.data}</summary>
        <pre>{JSON.stringify(event.data, null, 2)}</pre>
      </details>
      <Actions event={event} onDone={onDone} />
    </li>
  );
}

function Actions({ event, onDone }: { event: ParkedEvent; onDone: (sentence: string) => Promise<void> }) {
  const { events } = words.value;
  const which = { type: event.type };
  const path = { eventId: event.eventId };
  return (
    <Waiting
      again={{
        label: events.replay,
        of: put(events.replayOne, which),
        write: async (header) => told(api.POST("/v1/events/{eventId}/replay", { params: { path, header } })),
        done: put(events.replayed, which),
      }}
      dismiss={{
        of: put(events.dismissOne, which),
        title: events.dismissTitle,
        text: events.dismissText,
        write: async (header) => told(api.DELETE("/v1/events/{eventId}", { params: { path, header } })),
        done: put(events.dismissed, which),
      }}
      onDone={onDone}
    />
  );
}
