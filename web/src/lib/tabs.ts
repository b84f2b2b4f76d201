/** What the tabs of one browser tell each other. */
export type Word =
  /** Somebody ends the session here; without a reason it did not work. */
  | { kind: 'leaving'; reason?: string | undefined }
  /** The session is over. */
  | { kind: 'left'; reason: string }
  /** Somebody signed in: what other tabs show may be another person's. */
  | { kind: 'arrived' }
  /** Somebody is at the keyboard. */
  | { kind: 'active'; at: number };

const NAME = 'voxgate';

let channel: BroadcastChannel | undefined;
const open = () => {
  channel ??= new BroadcastChannel(NAME);
  return channel;
};

export const tell = (word: Word) => open().postMessage(word);

/** Hears what other tabs say, never one's own words. */
export function hear(listener: (word: Word) => void): () => void {
  const heard = ({ data }: MessageEvent<Word>) => listener(data);
  open().addEventListener('message', heard);
  return () => channel?.removeEventListener('message', heard);
}
