import { Mark } from '../components/mark';
import { buttonClass } from '../components/ui/button-look';
import { copy } from './copy';
import { HeroPulse } from './hero-pulse';

const Head = () => (
  <header className="mx-auto flex max-w-5xl items-center justify-between gap-4 px-5 py-5">
    <a href="/" className="flex items-center gap-2.5 rounded-md text-lg font-semibold">
      <Mark /> Voxgate
    </a>
    <nav aria-label="Pages" className="flex items-center gap-2">
      <a href="/docs" className={buttonClass({ variant: 'ghost', size: 'sm' }, 'hidden sm:inline-flex')}>
        {copy.api}
      </a>
      <a href="/login" className={buttonClass({ variant: 'outline', size: 'sm' })}>
        {copy.login}
      </a>
    </nav>
  </header>
);

const Hero = () => (
  <section className="mx-auto max-w-5xl px-5 pt-10 pb-14 sm:pt-16">
    <h1 className="max-w-3xl text-2xl font-semibold tracking-tight text-balance sm:text-3xl">{copy.title}</h1>
    <p className="mt-4 max-w-2xl text-lg text-pretty text-muted">{copy.lead}</p>
    <div className="mt-7 mb-12 flex flex-wrap gap-3">
      <a href="/register" className={buttonClass({})}>
        {copy.register}
      </a>
      <a href="/login" className={buttonClass({ variant: 'outline' })}>
        {copy.login}
      </a>
    </div>
    <HeroPulse />
  </section>
);

const Proofs = () => (
  <section aria-label="What it does" className="border-y border-line bg-surface">
    <div className="mx-auto grid max-w-5xl gap-10 px-5 py-14 md:grid-cols-3">
      {copy.proofs.map(({ title, body }) => (
        <div key={title} className="space-y-2">
          <h2 className="text-lg font-semibold">{title}</h2>
          <p className="text-pretty text-muted">{body}</p>
        </div>
      ))}
    </div>
  </section>
);

const Excerpt = () => (
  <section className="mx-auto grid max-w-5xl items-start gap-8 px-5 py-14 md:grid-cols-[2fr_3fr]">
    <div className="space-y-3">
      <h2 className="text-lg font-semibold">{copy.excerptTitle}</h2>
      <p className="text-pretty text-muted">{copy.excerptBody}</p>
      <a href="/docs" className="link inline-block py-1">
        {copy.api}
      </a>
    </div>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
    <pre tabIndex={0} className="panel overflow-x-auto p-5 font-mono text-sm leading-6">
      {copy.excerpt}
    </pre>
  </section>
);

/** The page for people who come by; it needs no script. */
export const Landing = () => (
  <>
    <Head />
    <main id="main">
      <Hero />
      <Proofs />
      <Excerpt />
    </main>
    <footer className="border-t border-line">
      <p className="mx-auto max-w-5xl px-5 py-6 text-sm text-muted">{copy.foot}</p>
    </footer>
  </>
);
