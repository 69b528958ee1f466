// In which language somebody is written to.

import { LANGUAGES, words } from "../words";

export function LanguageField({ value, onChange }: { value: string; onChange: (tag: string) => void }) {
  return (
    <label class="field">
      <span>{words.value.staff.language}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {Object.entries(LANGUAGES).map(([tag, dictionary]) => (
          <option key={tag} value={tag} lang={tag}>
            {dictionary.language}
          </option>
        ))}
      </select>
    </label>
  );
}
