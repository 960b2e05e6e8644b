/**
 * Pages that anybody may open. So far the home page (`/`): what the digital ID is, in plain words, and where to go.
 */
export { HomePage } from './HomePage.tsx'
