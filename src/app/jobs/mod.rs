//! One file for one family of work; each job is a plain function of ports, arguments and a reporter.
