import clsx from 'clsx';
import { ChevronRight, ListFilter, X } from 'lucide-react';
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { Select } from '../../components/ui';
import { useShortcut } from '../../lib/shortcuts';
import { copy } from './copy';
import { RESULTS, type Word, withoutWord, withWord, wordValue } from './parse-filter';

type Props = {
  text: string;
  words: readonly Word[];
  onText: (text: string) => void;
  /** Stands at the end of the last line. */
  aside?: ReactNode;
};

const resultOptions = [
  { value: '', label: copy.filter.anyResult },
  ...RESULTS.map((result) => ({ value: result, label: copy.filter.results[result] })),
];

/** The filter as text and as chips; both say the same. */
export function FilterBar({ text, words, onText, aside }: Props) {
  const [typed, setTyped] = useState(text);
  const [seen, setSeen] = useState(text);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useShortcut('/', () => input.current?.focus(), true);
  if (text !== seen) {
    setSeen(text);
    setTyped(text);
  }
  // Typing shows its result when the hand rests; Enter does at once.
  useEffect(() => {
    if (typed.trim() === text) return;
    const timer = setTimeout(() => onText(typed.trim()), 600);
    return () => clearTimeout(timer);
  }, [typed, text, onText]);

  function send(event: FormEvent) {
    event.preventDefault();
    onText(typed.trim());
  }

  const problems = words.filter((word) => word.problem);
  return (
    <div className="space-y-3">
      <search>
        <form onSubmit={send} className="flex flex-wrap items-center gap-2">
          <div className="relative min-w-60 flex-1">
            <ListFilter
              aria-hidden
              className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted"
            />
            <input
              ref={input}
              type="text"
              spellCheck={false}
              autoComplete="off"
              autoCapitalize="none"
              aria-label={copy.filter.label}
              aria-invalid={problems.length > 0}
              aria-describedby={problems.length > 0 ? id : undefined}
              placeholder={copy.filter.placeholder}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              className="h-10 w-full rounded-md border border-line-strong bg-surface pr-3 pl-9 font-mono text-base placeholder:text-muted aria-invalid:border-bad sm:text-sm"
            />
          </div>
          <Select
            hideLabel
            label={copy.filter.result}
            value={wordValue(text, 'result') ?? ''}
            options={resultOptions}
            onChange={(value: string) => onText(withWord(text, 'result', value || undefined))}
          />
          <SpanSelect text={text} onText={onText} />
        </form>
      </search>
      {words.length > 0 && <Chips words={words} text={text} onText={onText} />}
      {problems.length > 0 && (
        <div id={id} role="alert">
          <ul className="space-y-1 text-sm text-bad">
            {problems.map((word) => (
              <li key={word.start}>{word.problem}</li>
            ))}
          </ul>
        </div>
      )}
      <div className="flex items-start justify-between gap-4">
        <Help />
        {aside}
      </div>
    </div>
  );
}

const Help = () => (
  <details className="min-w-0 flex-1 text-sm">
    <summary className="inline-flex min-h-9 cursor-pointer items-center gap-1 text-muted hover:text-ink">
      <ChevronRight aria-hidden className="size-4 transition-transform in-open:rotate-90" /> {copy.filter.help}
    </summary>
    <dl className="mt-2 grid gap-x-6 gap-y-1.5 sm:grid-cols-[max-content_1fr]">
      {copy.words.map(([word, meaning]) => (
        <div key={word} className="contents">
          <dt className="font-mono break-all">{word}</dt>
          <dd className="text-muted max-sm:mb-1">{meaning}</dd>
        </div>
      ))}
    </dl>
  </details>
);

function SpanSelect({ text, onText }: Pick<Props, 'text' | 'onText'>) {
  const now = wordValue(text, 'created') ?? '7d';
  const known = copy.filter.spans.some((span) => span.value === now);
  const options = known ? copy.filter.spans : [{ value: now, label: copy.filter.otherSpan }, ...copy.filter.spans];
  return (
    <Select
      hideLabel
      label={copy.filter.created}
      value={now}
      options={options}
      onChange={(value: string) => onText(withWord(text, 'created', value === '7d' ? undefined : value))}
    />
  );
}

function Chips({ words, text, onText }: Omit<Props, 'aside'>) {
  return (
    <ul className="flex flex-wrap gap-2">
      {words.map((word) => (
        <li
          key={word.start}
          className={clsx(
            'inline-flex max-w-full items-center gap-1 rounded-md border py-0.5 pr-0.5 pl-2 font-mono text-sm',
            word.problem ? 'border-bad text-bad' : 'border-line bg-raised',
          )}
        >
          <span className={clsx('truncate', word.problem && 'underline decoration-wavy underline-offset-4')}>
            {word.raw}
          </span>
          <button
            type="button"
            aria-label={copy.filter.remove(word.raw)}
            onClick={() => onText(withoutWord(text, word.start))}
            className="flex size-6 shrink-0 items-center justify-center rounded-sm hover:bg-line"
          >
            <X aria-hidden className="size-3.5" />
          </button>
        </li>
      ))}
    </ul>
  );
}
