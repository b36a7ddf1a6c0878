from process_stage import stage

__all__ = ["stage"]
