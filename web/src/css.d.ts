/** Vite puts a style sheet into the page where a part of it is imported. */
declare module "*.css";
