"""The stream processes. Faust lives here and only here; business rules live in cjm_tracker."""
