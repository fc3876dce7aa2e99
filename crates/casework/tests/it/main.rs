//! Tests of the rules as a whole: the model that is checked to the end.
