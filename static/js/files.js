// The script of a page with the files of a project. It runs after the first script and shares its modules.

import "./elements/projects/project-files.js";
