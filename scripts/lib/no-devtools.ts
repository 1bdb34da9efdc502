/** In place of React's developer tools, which the bundle has no use for. */
export default {};
