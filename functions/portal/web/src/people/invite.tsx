// Inviting somebody.

import { useState } from "preact/hooks";

import { api, told, type Account, type Members } from "../api";
import { FormDialog } from "../parts/form";
import { LanguageField } from "../parts/language";
import { useOnce } from "../staff/once";
import { language, put, words } from "../words";

type Role = Members["members"][number]["role"];

interface Props {
  account: Account;
  onClose: () => void;
  /** After it: what was done, in a sentence. */
  onDone: (sentence: string) => void;
}

export function Invite({ account, onClose, onDone }: Props) {
  const { people, staff } = words.value;
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [tongue, setTongue] = useState<string>(language.value);
  const once = useOnce();
  const onSend = async () => {
    const body = { email: email.trim(), role, language: tongue, ...(name.trim() ? { name: name.trim() } : {}) };
    const params = { path: { accountId: account.accountId }, header: once.key(body) };
    await told(api.POST("/v1/accounts/{accountId}/members", { params, body }));
    onClose();
    onDone(put(people.invited, { person: body.email }));
  };
  return (
    <FormDialog title={people.inviteTitle} text={people.inviteText} action={people.send} onSend={onSend} onClose={onClose}>
      <label class="field">
        <span>{staff.email}</span>
        <input type="email" value={email} maxLength={254} required autocomplete="off" onInput={(event) => setEmail(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{people.role}</span>
        <select value={role} onChange={(event) => setRole(event.currentTarget.value as Role)}>
          <option value="viewer">{people.roles.viewer}</option>
          <option value="manager">{people.roles.manager}</option>
        </select>
      </label>
      <label class="field">
        <span>{people.optionalName}</span>
        <input type="text" value={name} maxLength={200} autocomplete="off" onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <LanguageField value={tongue} onChange={setTongue} />
      <p class="muted">{staff.known}</p>
    </FormDialog>
  );
}
