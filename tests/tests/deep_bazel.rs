//! Bazel 7.7 with the real rules.
