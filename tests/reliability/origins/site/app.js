document.title = "a script of the front end";
