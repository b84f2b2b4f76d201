import { renderToStaticMarkup } from 'react-dom/server';
import { Landing } from './landing';

/** The landing page's markup. */
export const landing = () => renderToStaticMarkup(<Landing />);
