// What goes in and comes out of a pipeline (audio, modes, options, the roles of parts) is named in OmniCore, and where
// models come from in OmniHub: one import is enough to talk to a model.
@_exported public import OmniCore
@_exported public import OmniHub
