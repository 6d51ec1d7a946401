/** What holds for the launcher with ranks that are threads holds with processes: the same tests once more. */
import './with-processes.js';
import './failure.test.js';
import './output.test.js';
import './stdin.test.js';
