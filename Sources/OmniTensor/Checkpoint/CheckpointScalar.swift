/// A single value that a checkpoint holds beside its tensors, for instance `dims.n_mels` of a Whisper file.
public enum CheckpointScalar: Sendable, Hashable {
    /// Python's `int`, as far as 64 bits go.
    case integer(Int)
    /// Python's `float`.
    case float(Double)
    /// Python's `bool`.
    case bool(Bool)
    /// Python's `str`.
    case string(String)
}
