import { copy } from './copy';

const ZONES = [
  { utc: false, label: copy.zone.local },
  { utc: true, label: copy.zone.utc },
];

/** In whose time the log is read. */
export function ZoneSwitch({ utc, onUtc }: { utc: boolean; onUtc: (utc: boolean) => void }) {
  return (
    <fieldset className="flex rounded-md border border-line-strong bg-surface p-0.5">
      <legend className="sr-only">{copy.zone.label}</legend>
      {ZONES.map((zone) => (
        <label
          key={zone.label}
          className="flex min-h-8 cursor-pointer items-center rounded-sm px-3 text-sm has-checked:bg-solid has-checked:text-on-solid has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand"
        >
          <input
            type="radio"
            name="zone"
            className="sr-only"
            checked={utc === zone.utc}
            onChange={() => onUtc(zone.utc)}
          />
          {zone.label}
        </label>
      ))}
    </fieldset>
  );
}
