/** Style sheets are imported for their effect; Vite takes them out of the script. */
declare module '*.css'
