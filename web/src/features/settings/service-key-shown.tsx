import { Button, CopyButton, Dialog } from '../../components/ui';
import { serviceCopy as copy } from './service-copy';
import { type Issued, overlap } from './service-queries';

/** A key that was just made. It leaves this page's memory with the dialog. */
export function ShownKeyDialog({ issued, onClose }: { issued: Issued | undefined; onClose: () => void }) {
  const footer = <Button onClick={onClose}>{copy.shown.done}</Button>;
  return (
    <Dialog
      open={issued !== undefined}
      onOpenChange={onClose}
      title={copy.shown.title}
      description={copy.shown.body}
      footer={footer}
    >
      {issued && (
        <>
          <p className="font-medium">{issued.name}</p>
          <div className="space-y-2 rounded-md border border-line bg-raised p-3">
            <code className="block font-mono text-sm break-all select-all">{issued.secret}</code>
            <CopyButton text={issued.secret} label={copy.shown.copy} />
          </div>
          {overlap(issued) && <p className="text-sm text-muted">{copy.shown.old}</p>}
        </>
      )}
    </Dialog>
  );
}
