// htmx stands before us in the same file; its config comes from the page.

export default window.htmx;
