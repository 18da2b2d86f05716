import '@material/web/button/filled-button.js';
import '@material/web/textfield/outlined-text-field.js';
