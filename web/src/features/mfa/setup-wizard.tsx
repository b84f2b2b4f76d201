import { type ReactNode, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { LeaveGuard } from '../../components/leave-guard';
import { ErrorPanel } from '../../components/ui';
import { CodesStep } from './codes-step';
import { copy } from './copy';
import { ScanStep } from './scan-step';
import { StepList, type StepName } from './step-list';
import { type Setup, useSetup } from './use-setup';
import { VerifyStep } from './verify-step';

export type SetupWizardProps = {
  /** Begins a set-up: `POST /api/auth/mfa/setup`. */
  setup: () => Promise<Setup>;
  /** Confirms it: `POST /api/auth/mfa/enable`. */
  enable: (code: string) => Promise<{ backup_codes: string[] }>;
  /** Whose account; it is written on the sheet of codes. */
  email: string;
  onFinish: () => void;
  finishLabel?: string;
  /** A way out of the first two steps, where there is one. */
  cancel?: ReactNode;
};

/** Scan, verify, save codes: for somebody signed in, and for a sign-in that waits for it. */
export function SetupWizard({ setup, enable, email, onFinish, finishLabel, cancel }: SetupWizardProps) {
  const [step, setStep] = useState<StepName>('scan');
  const [codes, setCodes] = useState<string[]>([]);
  const [made] = useState(() => new Date());
  const [finished, setFinished] = useState(false);
  const key = useSetup(setup, step !== 'codes');
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);

  // A new step is announced by its heading; the one with the code takes the focus to its field.
  useEffect(() => {
    if (!first.current && step !== 'verify') heading.current?.focus();
    first.current = false;
  }, [step]);

  function verified(fresh: string[]) {
    setCodes(fresh);
    setStep('codes');
  }

  function expired() {
    key.expire();
    setStep('scan');
  }

  // The guard must have let go before the page is left.
  function finish() {
    flushSync(() => setFinished(true));
    onFinish();
  }

  return (
    <div className="max-w-lg space-y-6">
      <StepList now={step} />
      <div className="space-y-1">
        <h2 ref={heading} tabIndex={-1} className="text-lg font-semibold outline-none">
          {copy[step].title}
        </h2>
        <p className="text-muted">{copy[step].body}</p>
      </div>
      {step === 'scan' && key.error && <ErrorPanel error={key.error} onRetry={key.again} />}
      {step === 'scan' && !key.error && (
        <ScanStep setup={key.setup} expired={key.expired} onNext={() => setStep('verify')} onAgain={key.again} />
      )}
      {step === 'verify' && (
        <VerifyStep enable={enable} onDone={verified} onBack={() => setStep('scan')} onExpired={expired} />
      )}
      {step === 'codes' && (
        <CodesStep
          codes={codes}
          email={email}
          made={made}
          finish={finishLabel ?? copy.codes.finish}
          onFinish={finish}
        />
      )}
      {step !== 'codes' && cancel}
      <LeaveGuard active={step === 'codes' && !finished} words={copy.leave} />
    </div>
  );
}
