//! Real image builds.
