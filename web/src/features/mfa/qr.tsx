import { encode } from 'uqr';
import { matrixPath } from './matrix-path';

const QUIET = 4;

/** A QR code as one path: black on white in both themes, with its quiet zone. */
export default function Qr({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: QUIET });
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="size-54 rounded-md bg-white"
    >
      <path d={matrixPath(data)} fill="#000" />
    </svg>
  );
}
