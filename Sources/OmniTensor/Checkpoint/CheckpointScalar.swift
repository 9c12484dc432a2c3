/// A single value that a checkpoint holds beside its tensors, for instance `dims.n_mels` of a Whisper file.
public enum CheckpointScalar: Sendable, Hashable {
    case integer(Int)
    case float(Double)
    case bool(Bool)
    case string(String)
}
