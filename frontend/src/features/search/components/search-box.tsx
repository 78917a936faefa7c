'use client';

import Form from 'next/form';
import { useRouter } from 'next/navigation';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { SubmitButton } from '#components/submit-button.tsx';
import { paths } from '#config/paths.ts';
import type { Suggestion, Suggestions } from '#lib/api/types.ts';
import { suggestionDetail, suggestionHref } from '../suggestion-link.ts';
import styles from './search-box.module.css';

/** Long enough that a word typed in one go asks once or twice, short enough to feel like typing. */
const PAUSE_MS = 120;

/**
 * Finds events by name, performer, venue or city, and suggests while one types. A plain GET form: it works before and
 * without any script. `keep` is what narrows the search besides and stays so.
 */
export function SearchBox({ query, keep = [], id = 'search' }: { query?: string | undefined; keep?: readonly (readonly [string, string])[]; id?: string }) {
  const router = useRouter();
  const listId = useId();
  const [text, setText] = useState(query ?? '');
  const [found, setFound] = useState<Suggestions>();
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const typed = useRef(false);

  useEffect(() => {
    if (!typed.current) return;
    const stop = new AbortController();
    const timer = setTimeout(() => void suggest(text, stop.signal).then((answer) => {
      if (answer === undefined) return;
      setFound(answer);
      setAt(-1);
      setOpen(answer.suggestions.length > 0);
    }), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);

  const options = isOpen ? (found?.suggestions ?? []) : [];

  function steer(event: KeyboardEvent) {
    const chosen = options[at];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (options.length === 0) return;
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt(((at + step + 1 + options.length + 1) % (options.length + 1)) - 1);
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      setOpen(false);
    } else if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault();
      setOpen(false);
      router.push(suggestionHref(chosen));
    }
  }

  return (
    <Form action={paths.search()} role="search" className={styles.form} onSubmit={() => setOpen(false)}>
      <label htmlFor={id} className={styles.label}>
        Find an event
      </label>
      <div className={styles.box} onBlur={({ currentTarget, relatedTarget }) => { if (!currentTarget.contains(relatedTarget)) setOpen(false); }}>
        <input
          id={id}
          className={styles.input}
          type="search"
          name="q"
          value={text}
          onChange={({ target }) => {
            typed.current = true;
            setText(target.value);
          }}
          onFocus={() => setOpen(typed.current && (found?.suggestions.length ?? 0) > 0)}
          onKeyDown={steer}
          placeholder="Artist, team, venue or city"
          autoComplete="off"
          maxLength={100}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={options.length > 0}
          aria-controls={listId}
          aria-activedescendant={at >= 0 ? `${listId}-${at}` : undefined}
        />
        <ul id={listId} role="listbox" aria-label="Suggestions" className={styles.list} hidden={options.length === 0}>
          {options.map((suggestion, index) => (
            <Option key={`${suggestion.kind} ${suggestion.value}`} id={`${listId}-${index}`} suggestion={suggestion} isChosen={index === at} />
          ))}
        </ul>
      </div>
      {keep.map(([name, value]) => (
        <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
      ))}
      <SubmitButton busy="Searching…">Search</SubmitButton>
      <p className="visually-hidden" role="status">
        {options.length === 0 ? '' : `${options.length} suggestions${found?.corrected ? ` for ${found.corrected}` : ''}`}
      </p>
    </Form>
  );
}

function Option({ id, suggestion, isChosen }: { id: string; suggestion: Suggestion; isChosen: boolean }) {
  return (
    <li id={id} role="option" aria-selected={isChosen} className={styles.option}>
      {/* The field keeps the focus; Enter and the arrows lead here too. */}
      <a href={suggestionHref(suggestion)} tabIndex={-1}>
        <span className={styles.text}>{suggestion.text}</span>
        <span className={styles.detail}>{suggestionDetail(suggestion)}</span>
      </a>
    </li>
  );
}

/** Nothing if it was overtaken or did not work: a search box without suggestions is still a search box. */
async function suggest(text: string, signal: AbortSignal): Promise<Suggestions | undefined> {
  if (text.trim() === '') return { suggestions: [], corrected: null };
  try {
    const answer = await fetch(`/v1/search/suggest?${new URLSearchParams({ q: text.slice(0, 100), limit: '8' })}`, { signal });
    return answer.ok ? ((await answer.json()) as Suggestions) : undefined;
  } catch {
    return undefined;
  }
}
