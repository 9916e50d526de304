"""Those who renew, elect and hold."""
