// Erasing a person: the address that was typed is looked up, and who it belongs to is erased.

import { useState } from "preact/hooks";

import { api, told } from "../api";
import { Reasoned } from "../parts/reasoned";
import { put, words } from "../words";
import { useOnce } from "./once";

interface Props {
  onDone: (sentence: string) => Promise<void>;
  onClose: () => void;
}

export function Erase({ onDone, onClose }: Props) {
  const { acting, staff } = words.value;
  const [email, setEmail] = useState("");
  const [again, setAgain] = useState("");
  const once = useOnce();
  const onSend = async (reason: string) => {
    const file = await told(api.POST("/v1/people/find", { body: { email: email.trim() } }));
    const { personId } = file.person;
    const header = once.key({ personId, reason });
    const { withoutManager } = await told(api.POST("/v1/people/{personId}/erase", { params: { path: { personId }, header }, body: { reason } }));
    const nameOf = (of: string | null | undefined) => file.memberships.find((membership) => membership.of === of)?.name ?? of;
    const parties = withoutManager.map(({ of }) => nameOf(of)).filter(Boolean);
    await onDone(parties.length ? put(acting.eraseOrphans, { parties: parties.join(", ") }) : acting.eraseDone);
  };
  const same = email.trim() !== "" && email.trim().toLowerCase() === again.trim().toLowerCase();
  return (
    <Reasoned title={acting.erase} text={acting.eraseText} action={acting.eraseYes} danger ready={same} onSend={onSend} onClose={onClose}>
      <label class="field">
        <span>{staff.email}</span>
        <input type="email" required maxLength={254} autocomplete="off" value={email} onInput={(event) => setEmail(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{acting.eraseAgain}</span>
        <input type="email" required maxLength={254} autocomplete="off" value={again} onInput={(event) => setAgain(event.currentTarget.value)} />
      </label>
    </Reasoned>
  );
}
