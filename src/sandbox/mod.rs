//! A WeChat Pay look-alike on loopback: the other side of the wire.
